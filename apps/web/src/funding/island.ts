import { mount, type ComponentProps } from 'svelte';
import Funding from './Funding.svelte';

// The server has rendered the part for reading; here it comes alive with the same props.
const target = document.getElementById('funding');
if (target !== null) {
  const props = JSON.parse(target.dataset['props'] ?? '') as ComponentProps<typeof Funding>;
  target.replaceChildren();
  mount(Funding, { target, props });
}
